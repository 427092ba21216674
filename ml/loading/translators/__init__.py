"""Models that put texts of one language into another, from a folder.

`registry` opens a folder; `translator` says what a translator gives back. Translations are searched
without chance: the same texts in the same batches give the same translations. Weights are read from
safetensors only, and code that a folder brings is never run.
"""
