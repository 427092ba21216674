"""Figures as pictures: a Vega-Lite specification each, the same on a page and in print.

A chart is made once, in the colours of the light pages. On paper it stays like that. On a page the
picture stands inside the document, and each colour becomes the page's custom property of that role
(`drawing.for_page`): it follows light and dark, also when a reader switches, without a second
rendering. Two renderings would have to be swapped by a stylesheet and would double every page.

Text is measured with the fonts that the product carries, on every machine the same; a page then
shows it in its own.
"""
