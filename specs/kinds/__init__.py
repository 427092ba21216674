"""One frozen model per job kind, in a module named after it: `noun.verb` is noun_verb.py."""
