# Reordering, editing, saved details, voice notes, consent.
