"""A pool of pictures as one finds it: worldwide, with regional things rare, and with flaws whose
truth is kept.
"""
