"""OSError of CircuitPython in CircuitPython's libraries.

There a single argument is the number: `OSError(116).errno` is 116. In CPython it is None, so that a library which raises
`OSError(ETIMEDOUT)`, and another one which looks at the number, do not understand each other. A hook of the import replaces such
calls in the libraries of CircuitPython (adafruit_*) and in a program that `python -m nina_link` runs. The libraries' files are
not changed.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import os
import sys
import types
from typing import Optional, Sequence, Union

#: One underscore: two would become another name inside of a class.
NAME = "_nina_link_oserror"


def numbered(argument: object) -> OSError:
    """`OSError(argument)` as CircuitPython makes it."""
    return OSError(argument, os.strerror(argument)) if isinstance(argument, int) else OSError(argument)


class _Calls(ast.NodeTransformer):
    """Replaces `OSError(x)`."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        function = node.func
        if isinstance(function, ast.Name) and function.id == "OSError" and len(node.args) == 1 and not node.keywords:
            if not isinstance(node.args[0], ast.Starred):
                node.func = ast.copy_location(ast.Name(NAME, ast.Load()), function)
        return node


def compiled(source: Union[str, bytes], path: str) -> types.CodeType:
    """The code of a program or library. Its globals need `NAME`, see `prepare`."""
    tree = _Calls().visit(ast.parse(source, path))
    code: types.CodeType = compile(tree, path, "exec", dont_inherit=True)
    return code


def prepare(module: types.ModuleType) -> None:
    """What the code of `compiled` needs in its module."""
    module.__dict__[NAME] = numbered


class _Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname: str) -> types.CodeType:
        path = self.get_filename(fullname)
        return compiled(self.get_data(path), path)  # not that of __pycache__

    def exec_module(self, module: types.ModuleType) -> None:
        prepare(module)
        super().exec_module(module)


class LibraryFinder(importlib.abc.MetaPathFinder):
    """Finds the libraries of CircuitPython, and those in the folders of a program."""

    def __init__(self) -> None:
        self.folders: Sequence[str] = ()

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]], target: Optional[types.ModuleType] = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        is_library = fullname.startswith("adafruit_")
        if not is_library and not self.folders:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None or type(spec.loader) is not importlib.machinery.SourceFileLoader:
            return None
        # An environment in the program's folder has modules of CPython.
        is_own = spec.origin.startswith(tuple(self.folders)) and "-packages" + os.sep not in spec.origin
        if not is_library and not is_own:
            return None
        spec.loader = _Loader(spec.loader.name, spec.origin)
        spec.cached = None
        return spec


FINDER = LibraryFinder()


def install() -> None:
    """Once for the process."""
    if FINDER not in sys.meta_path:
        sys.meta_path.insert(0, FINDER)
