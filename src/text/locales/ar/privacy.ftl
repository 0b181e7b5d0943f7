# What is kept, who sees it, and how it is deleted.
