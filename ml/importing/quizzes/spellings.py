"""How benchmarks spell countries that the Unicode CLDR calls otherwise: by code, as in a region's
file, the spellings of one separated by '|'. Parts of a country that stand for it are spellings too.
"""

from collections.abc import Mapping

SPELLINGS: Mapping[str, str] = {
    "AE": "UAE",
    "BN": "Brunei Darussalam",
    "BO": "Plurinational State of Bolivia",
    "CD": "Democratic Republic of the Congo | DR Congo",
    "CG": "Congo | Republic of the Congo",
    "CI": "Ivory Coast | Cote d'Ivoire",
    "CN": "People's Republic of China",
    "CV": "Cabo Verde",
    "CZ": "Czech Republic",
    "GB": "Great Britain | Britain | England | Scotland | Wales | Northern Ireland",
    "HK": "Hong Kong",
    "IR": "Islamic Republic of Iran",
    "KN": "Saint Kitts and Nevis",
    "KP": "Democratic People's Republic of Korea",
    "KR": "Korea | Republic of Korea",
    "LA": "Lao PDR | Lao People's Democratic Republic",
    "LC": "Saint Lucia",
    "MD": "Republic of Moldova",
    "MK": "Macedonia",
    "MO": "Macau | Macao",
    "NL": "Holland",
    "PS": "Palestine | State of Palestine",
    "RU": "Russian Federation",
    "SY": "Syrian Arab Republic",
    "SZ": "Swaziland",
    "TL": "East Timor",
    "TR": "Turkey",
    "TZ": "United Republic of Tanzania",
    "US": "USA | United States of America",
    "VC": "Saint Vincent and the Grenadines",
    "VE": "Bolivarian Republic of Venezuela",
    "VN": "Viet Nam",
}
