"""A node's TOML files as typed sections: unknown keys are errors, relative paths are from the file's folder."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

Form = TypeVar("Form", bound=msgspec.Struct)


class ConfigError(ValueError):
    """A configuration that cannot be used; the message names the file, the key and what is wrong."""


def read_toml(path: Path, form: type[Form]) -> Form:
    """The file as `form`. Raises ConfigError."""

    def placed(kind: type, value: Any) -> Any:
        if kind is Path and isinstance(value, str):
            return path.parent.absolute() / value
        raise NotImplementedError  # how a hook tells msgspec that it does not know a type

    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), form, dec_hook=placed)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, msgspec.ValidationError) as error:
        raise ConfigError(f"{path}: {error}") from None
