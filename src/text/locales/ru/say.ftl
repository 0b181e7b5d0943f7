# What people write instead of a command or a tap; phrases apart by "|". Case, accents and signs do not count.
