"""What ships write for a port other than its name in UN/LOCODE: exonyms, short forms, parts of a port.

A name that several ports share is here where trade means one of them; one that UN/LOCODE has for one port is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.vessels.port_names import folded

_BY_PORT: Final = (
    ("AEFJR", "FUJAIRAH"),
    ("AEKLF", "KHOR FAKKAN"),
    ("AUSYD", "SYDNEY"),
    ("BDCGP", "CHITTAGONG"),
    ("BEANR", "ANTW", "ANTWERP", "ANVERS"),
    ("BEBRU", "BRUSSELS"),
    ("BEGNE", "GAND", "GHENT"),
    ("BEZEE", "ZEEBR"),
    ("BRRIG", "RIO GRANDE"),
    ("CAVAN", "VANCOUVER"),
    ("CLSAI", "SAN ANTONIO"),
    ("CNNJG", "NANKING"),
    ("CNQDG", "TSINGTAO"),
    ("CNSHG", "SHA"),
    ("CNTXG", "XINGANG"),
    ("CNYIK", "YINGKOU"),
    ("DEBRV", "BHV"),
    ("DEHAM", "HAMBOURG", "HH"),
    ("DEWVN", "WHV"),
    ("DJJIB", "DJIBOUTI"),
    ("DKAAL", "ALBORG"),
    ("DKAAR", "ARHUS"),
    ("DKCPH", "COPENHAGEN", "CPH", "KOPENHAGEN"),
    ("DKSKA", "SKAW"),
    ("EETLL", "REVAL", "TALLIN", "TLL"),
    ("EGALY", "ALEXANDRIA"),
    ("EGPSD", "P SAID"),
    ("ESLPA", "LAS PALMAS"),
    ("ESSVQ", "SEVILLE"),
    ("FIHEL", "HEL", "HKI"),
    ("FRDKK", "DUNKIRK"),
    ("FRFOS", "FOS"),
    ("FRLEH", "HAVRE"),
    ("FRMRS", "MARSEILLES"),
    ("GBABD", "ABERDEEN"),
    ("GBBEL", "BELFAST"),
    ("GBFXT", "FXT"),
    ("GBLIV", "LIVERPOOL"),
    ("GBPLY", "PLYMOUTH"),
    ("GBPME", "PORTSMOUTH"),
    ("GBSOU", "SOTON", "SOUTHAMPTON"),
    ("GRPIR", "PIREAUS", "PIREUS"),
    ("GRSKG", "SALONICA", "SALONIKA"),
    ("IDJKT", "TANJUNG PRIOK", "TG PRIOK"),
    ("IEDUB", "DUBLIN"),
    ("INNSA", "JNPT"),
    ("ITGOA", "GENOA"),
    ("ITLIV", "LEGHORN"),
    ("ITNAP", "NAPLES"),
    ("ITVCE", "VENICE"),
    ("JMKIN", "KINGSTON"),
    ("JPOSA", "OSAKA"),
    ("KRPUS", "PUSAN"),
    ("KRYOS", "YOSU"),
    ("LTKLJ", "MEMEL"),
    ("MUPLU", "PORT LOUIS"),
    ("MXATM", "ALTAMIRA"),
    ("MYPKG", "P KLANG", "PORT KELANG", "PORT KLANG"),
    ("NGLOS", "LAGOS"),
    ("NLAMS", "A DAM"),
    ("NLIJM", "YMUIDEN"),
    ("NLRTM", "R DAM", "ROTT", "ROTTERDAM", "RTM"),
    ("NLVLI", "FLUSHING"),
    ("PABLB", "BALBOA"),
    ("PAONX", "COLON"),
    ("PLGDN", "DANZIG"),
    ("PLSZZ", "STETTIN"),
    ("PTLIS", "LISBON"),
    ("PTOPO", "OPORTO"),
    ("ROCND", "CONSTANZA"),
    ("RUARH", "ARCHANGEL"),
    ("RULED", "PETERSBURG", "SPB", "ST P BURG", "ST PET", "ST PETE", "ST PETERBURG", "ST PETERSBURG"),
    ("RUVVO", "VLADIVOSTOK"),
    ("RUVYP", "VOSTOCHNY"),
    ("SADMM", "DAMMAM"),
    ("SEGOT", "GBG", "GOT", "GOTHENBURG"),
    ("SESTO", "STHLM"),
    ("SGSIN", "S PORE", "SIN", "SING", "SPORE"),
    ("SYLTK", "LATTAKIA"),
    ("UAODS", "ODESSA"),
    ("USCHS", "CHARLESTON"),
    ("USJAX", "JACKSONVILLE"),
    ("USLAX", "LA"),
    ("USMSY", "NOLA"),
    ("USNYC", "NY", "NYC"),
    ("USPOA", "PORT ARTHUR"),
    ("USSAV", "SAVANNAH"),
    ("USSFO", "SFO"),
    ("VNSGN", "HCMC", "HO CHI MINH", "SAIGON"),
)

#: Each short form to its UN/LOCODE.
ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {folded(name): code for code, *names in _BY_PORT for name in names}
)

#: Texts that say that no port is meant.
NO_PORT: Final = frozenset(
    folded(text)
    for text in (
        "ANCHORAGE", "AT SEA", "ATLANTIC", "ATLANTIC OCEAN", "BALTIC", "BALTIC SEA", "CHANNEL", "COASTAL", "CRUISING",
        "DREDGING", "EAST", "ENGLISH CHANNEL", "FISHERY", "FISHING", "FISHING AREA", "FISHING GROUND",
        "FISHING GROUNDS", "FOR ORDER", "FOR ORDERS", "GUARD", "GULF OF MEXICO", "HARBOUR", "HIGH SEAS", "HOME",
        "IN PORT", "INLAND", "INSHORE", "LOCAL", "MEDITERRANEAN", "MEDITERRANEAN SEA", "N A", "NA", "NIL",
        "NO DESTINATION", "NONE", "NORTH", "NORTH ATLANTIC", "NORTH SEA", "NOT AVAILABLE", "NOT DEFINED", "OCEAN",
        "OFFSHORE", "OPEN SEA", "ORDER", "ORDERS", "PACIFIC", "PACIFIC OCEAN", "PATROL", "PILOT", "PILOT STATION",
        "PILOTAGE", "PORT", "RED SEA", "RESEARCH", "RIVER", "SAILING", "SAR", "SEA", "SEA TRIAL", "SEA TRIALS",
        "SERVICE", "SOUTH", "STANDBY", "SURVEY", "TBA", "TBN", "TEST", "TO BE ADVISED", "TO ORDER", "TO ORDERS",
        "TOWAGE", "TOWING", "TRAINING", "TRIAL", "TRIALS", "TUG", "UNKNOWN", "VARIOUS", "WEST", "WIND FARM",
        "WINDFARM", "WORKING", "YACHT",
    )
)  # fmt: skip

#: Words of which one is enough to say so.
NO_PORT_WORDS: Final = frozenset(
    ("CRUISING", "DREDGING", "FISHERY", "FISHING", "ORDER", "ORDERS", "PATROL", "SURVEY", "TOWING", "TRIAL", "TRIALS")
)
