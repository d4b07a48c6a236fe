"""An operator's own tools: the public functions of one Python file."""

import importlib.util
import inspect
import sys
import traceback
from pathlib import Path
from types import FunctionType, ModuleType

from adapters.tools.function_tool import FunctionTool
from adapters.tools.signature import UnfitFunction

MODULE = "parley_tools_file"


class ToolsFileBroken(Exception):
    """The message is a sentence for the operator that names the file and the line."""


def load_tools(path: Path) -> tuple[FunctionTool, ...]:
    """Run the file once; every function that is written in it and does not begin with _ is a tool.

    Raise ToolsFileBroken.
    """
    module = _run(path)
    tools: dict[str, FunctionTool] = {}
    for function in _functions(module):
        where = f"{path}, line {function.__code__.co_firstlineno}: {function.__name__}"
        try:
            tool = FunctionTool.of(function)
        except UnfitFunction as error:
            raise ToolsFileBroken(f"{where} cannot be a tool: {error}") from error
        if tools.setdefault(tool.definition.name, tool) is not tool:
            raise ToolsFileBroken(f"{where}: another tool is called {tool.definition.name} too")
    if not tools:
        raise ToolsFileBroken(f"{path} has no public function, so no tool")
    return tuple(tools.values())


def _run(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(MODULE, path)
    if spec is None or spec.loader is None:
        raise ToolsFileBroken(f"{path} is not a Python file: its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE] = module  # type hints and dataclasses look their module up by name
    try:
        spec.loader.exec_module(module)
    except FileNotFoundError as error:
        if error.filename == str(path):
            raise ToolsFileBroken(f"{path} does not exist") from error
        raise ToolsFileBroken(_sentence(path, error)) from error
    except (Exception, SystemExit) as error:  # it is somebody's program and fails in any way
        raise ToolsFileBroken(_sentence(path, error)) from error
    return module


def _functions(module: ModuleType) -> list[FunctionType]:
    """In the order they are written in, without what is imported; a second name for one makes no second tool."""
    here = (value for value in vars(module).values() if inspect.isfunction(value) and value.__module__ == MODULE)
    return list({id(function): function for function in here if not function.__name__.startswith(("_", "<"))}.values())


def _sentence(path: Path, error: BaseException) -> str:
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return f"{path}, line {error.lineno}: {error.msg}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    where = f"{path}, line {lines[-1]}" if lines else str(path)
    said = str(error) or "no message"
    return f"{where}: {type(error).__name__}: {said}"
