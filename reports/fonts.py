"""Fonts that the product carries for print and for measuring text in charts: every script of
`reports.language`, so that no machine's own fonts change what comes out.
"""

from pathlib import Path

from reports.language import LANGUAGES

FOLDER = Path(__file__).parent / "pdf" / "fonts"
# In the order in which a character is looked for: Latin first, then by script.
FAMILIES = tuple(dict.fromkeys(language.font for language in LANGUAGES.values()))
