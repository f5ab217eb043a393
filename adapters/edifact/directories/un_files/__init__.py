"""Compiles a UN/EDIFACT directory, as the UN publishes it, into facts: bytes in, values out.

What it makes holds the directory's own text, so it belongs to the site of whoever downloaded it and is never shipped.
"""

from adapters.edifact.directories.un_files.archive import open_files
from adapters.edifact.directories.un_files.compiled import Compilation, CompiledDirectory
from adapters.edifact.directories.un_files.compiling import compile_directory
from adapters.edifact.directories.un_files.source import Remark

__all__ = ["Compilation", "CompiledDirectory", "Remark", "compile_directory", "open_files"]
