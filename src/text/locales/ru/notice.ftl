# Short answers to a tap, below 200 characters and without HTML; and why something was refused.
