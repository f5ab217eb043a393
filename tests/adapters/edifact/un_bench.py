"""An invented directory in the two layouts in which the UN has published: message, segments and all in own words.

`EARLY` draws its bars with the boxes of code page 437 and right-aligns numeric codes; `LATER` is plain text with
longer positions, repeats of elements and left-aligned codes.
"""

from __future__ import annotations

import io
import zipfile

_EARLY_RULER, _LATER_RULER = "─" * 70, "-" * 70

_EARLY_MESSAGE = """\
                              UN/EDIFACT

                           Example message

                                            Message Type : EXAMPL
                                            Version      : D
                                            Release      : 90A
                                            Contr. Agency: UN

                               CONTENTS

                           Example message

1.   SCOPE

     1.1   Functional definition

4.   MESSAGE DEFINITION

     4.3   Message structure

           4.3.1 Segment table

1.     SCOPE

1.1  | Functional Definition

       Says what an invented
       message is for.

       And again.

1.2    Field of Application

       None.

4.1    Data Segment Clarification

0010   UNH, Message header
       Begins.

0030 + XBB, Invented remark
       Remarks.

0040   Segment group 1:  XCC-XDD-
                         SG2
       Things.

0070      Segment group 2:  XEE-XBB
          Places.

0100 * Segment group 3:  XDD
       A count.

4.3    Message structure

4.3.1  Segment table

Pos    Tag Name                                      S   R

           HEADER SECTION

0010   UNH Message header                            M   1
0020   XAA Invented beginning                        M   1
0030 + XBB Invented remark                           C   9

           DETAIL SECTION

0040       ───── Segment group 1  ────────────────── C   99──────────┐
0050   XCC Invented thing                            M   1           │
0060   XDD Invented count                            C   9           │
                                                                     │
0070 *     ───── Segment group 2  ────────────────── M   5──────────┐│
0080 X XEE Invented place of a name that              ││
             takes two lines                         M   1          ││
0090   XBB Invented remark                           C   1──────────┴┘

0100       ───── Segment group 3  ────────────────── C   1───────────┐
0110   XDD Invented count                            M   1───────────┘
     - XBB Invented remark                           C   1
0120   UNT Message trailer                           M   1

Informative annex: extended segment table

     - XZZ Gone                                      M   1
"""

_EARLY_PARTS = {
    "TRSD.90A": """\
2.   Segment specifications

     Change indicators

     a plus sign (+)    for an addition
     a minus sign (-)   for a deletion
     a X sign (X)       for marked for deletion

~
    + XAA    INVENTED BEGINNING

      Function: To begin with
                something.

010   C901  INVENTED NAME                                  M
      9001   Name of the invented, coded                   C  an..3
      9000   Name of the invented                          C  an..35

020 + 9010  INVENTED NUMBER                                C  n..6

~
      XBB    INVENTED REMARK OF TWO
             LINES

      Function: To remark.

          Note: Not much.

010   9000  NAME OF THE INVENTED                           M  an..35
020   9000  NAME OF THE INVENTED                           C  an..35

~
    - XZZ    GONE

      Function: To be gone.

010   9999  GONE                                           M  an..35

~
      XCC    INVENTED THING

      Function: To thing.

010   C901  INVENTED NAME                                  C
      9001   Name of the invented, coded                   C  an..3
      9000   Name of the invented                          C  an..35

~
      XDD    INVENTED COUNT

      Function: To count.

010   9010  INVENTED NUMBER OF A LENGTH THAT TAKES TWO
            LINES                                          M  n..6

~
      XEE    INVENTED PLACE

      Function: To place.

010   9020  INVENTED DATE                                  M  n3
""",
    "TRCD.90A": """\
2.   Composite specifications

     Change indicators

~
   *| C901  INVENTED NAME

      Desc: A name, or a code
            for it.

010   9001   Name of the invented, coded                   C  an..3
020 + 9000   Name of the invented                          C  an..35
""",
    "TRED.90A": """\
2.   Data element specifications

     Change indicators

~
   9000  Name of the invented

   Desc: A name.

   Repr: an..35

~
+  9001  Name of the invented,
         coded

   Desc: A code.

   Repr: an..3

   Note: 1 of two.

~
   9010  Invented number

   Desc: A number.

   Repr: n..6

~
   9020  Invented date

   Desc: A date.

   Repr: n3
""",
    "UNCL-1.90A": """\
PART 5    DIRECTORIES

CHAPTER 7 Code lists (UNCL and UNSL)

1.   Code lists

     Change indicators

~
* 9001  Name of the invented, coded

  Desc: A code.

  Repr: an..3

  Note: The list is short,
        8 values or so.

        1 First
             The first of all.
+      22 Second of a name that takes
          two lines
             The second, which has
             1 digit more.
   X      Marked by nothing
             A value like a mark.
X  XX     Marked for deletion
             Still there.
   ZZZ    Mutually defined
             As agreed.
""",
    "UNCL-2.90A": """\
  9010  Invented number

  Desc: A number.

  Repr: n..6

  Note: The list is kept elsewhere.
""",
}

_LATER_MESSAGE = """\
                                UN/EDIFACT

                                           Message Type : EXAMPL
                                           Version      : D
                                           Release      : 30B
                                           Contr. Agency: UN

                                  CONTENTS

                              Example message

1.     SCOPE

       1.1   Functional definition

       1.2   Field of application

1.1    Functional definition

       Says it is šated.

1.2    Field of application

4.1    Segment clarification

00030   Segment group 1:XCC-SG2
        Things.

00050      Segment group 2:  XEE
           Places.

4.3.1  Segment table

Pos     Tag Name                                     S   R

00010   UNH Message header                           M   1
00020   XAA Invented beginning                       M   1

00030       ---- Segment group 1  ------------------ C   999--------------+
00040   XCC Invented thing                           M   1                |
                                                                          |
00050       ---- Segment group 2  ------------------ C   5---------------+|
00060   XEE Invented place                           M   1---------------++

00070   UNT Message trailer                          M   1
"""

_LATER_PARTS = {
    "EDSD.30B": """\
2.   Segment specifications

     Change indicators

     a letter X (X)     for marked for deletion

~
       XAA  INVENTED BEGINNING

       Function: To begin with something.

010    C901 INVENTED NAME                              M    5
       9001  Name of the invented code                 C      an..3
       9000  Name of the invented, which is of two
             lines                                     C      an..256

020    9010 INVENTED NUMBER                            C    1 n..6

       Dependency note:
    +  020  D5(020,010) If first, then all

~
X      XCC  INVENTED THING

       Function: To thing.

010    9010 INVENTED NUMBER                            C    1 n..6

~
       XEE  INVENTED PLACE

       Function: To place.

010    9020 INVENTED DATE                              M    1 n3
""",
    "EDCD.30B": """\
2.   Composite specifications

     Change indicators

~
       C901 INVENTED NAME

       Desc: A name, or a code for it.

010    9001  Name of the invented code                 C      an..3
020    9000  Name of the invented, which is of two
             lines                                     C      an..256
""",
    "EDED.30B": """\
2.   Data element specifications

     Change indicators

     a minus sign (-)   for marked for deletion (within either
                        batch or interactive messages)
~
     9000  Name of the invented, which is of two
           lines                                                   [B]

     Desc: A name.

     Repr: an..256

~
     9001  Name of the invented code                               [C]

     Desc: A code.

     Repr: an..3

~
-    9010  Invented number                                         [B]

     Desc: A number.

     Repr: n..6

~
     9020  Invented date                                           [B]

     Desc: A date.

     Repr: n3
""",
    "UNCL.30B": """\
PART 5    DIRECTORIES

1.   Code list UNCL

~
*    9001  Name of the invented code                               [C]

     Desc: A code.

     Repr: an..3

     Note:
           1 The list is short.

     1     First
              The first of all.

     22    Second of a name that takes
           two lines
              The second.

           Note:
              1. Not the last.

X    XX    Marked for deletion
              Still there.

     ZZZ   Señora Š's own
              As agreed.
""",
    "IDSD.30B": """\
2.   Segment specifications

~
       XII  INTERACTIVE THING

       Function: To be left aside.

010    E901 INVENTED NAME                              M    1
       9001  Name of the invented code                 C      an..3
""",
}


def _bytes(text: str, ruler: str, charset: str) -> bytes:
    return text.replace("~\n", f"{ruler}\n").replace("\n", "\r\n").encode(charset)


EARLY = {"TRMD/EXAMPL_D.90A": _EARLY_MESSAGE} | _EARLY_PARTS
LATER = {"EXAMPL_D.30B": _LATER_MESSAGE} | _LATER_PARTS


def early(changes: dict[str, str] | None = None) -> dict[str, bytes]:
    """Return the files of the early layout by name, with some of them changed."""
    return {name: _bytes(text, _EARLY_RULER, "cp437") for name, text in (EARLY | (changes or {})).items()}


def later(changes: dict[str, str] | None = None) -> dict[str, bytes]:
    """Return the files of the later layout by name, with some of them changed."""
    return {name: _bytes(text, _LATER_RULER, "cp1252") for name, text in (LATER | (changes or {})).items()}


def zipped(files: dict[str, bytes]) -> bytes:
    """Return files as a zip file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()
