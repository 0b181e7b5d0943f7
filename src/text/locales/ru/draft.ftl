# The draft's message, and what it becomes when the draft has ended.
