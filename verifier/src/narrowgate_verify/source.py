"""Where a log lies: a folder, or a web server."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from narrowgate_verify.findings import BadFile, CannotTell, NotVerified


class Source(Protocol):
    """A log's files."""

    def read(self, path: str) -> bytes:
        """The bytes under a path of the log. Raises NotVerified where there are none, CannotTell
        where it could not be asked.
        """

    def names(self) -> Iterator[str]:
        """The paths under `tile/` that there are, as far as they can be listed."""


class Folder:
    """A log in a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        try:
            return (self._root / path).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise NotVerified("it is missing") from None
        except OSError as error:
            raise CannotTell(f"it cannot be read ({error.strerror})") from None

    def names(self) -> Iterator[str]:
        """Every file under `tile/`."""
        for path in sorted((self._root / "tile").rglob("*")):
            if not path.is_dir():
                yield path.relative_to(self._root).as_posix()


class Web:
    """A log under an http or https URL."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def read(self, path: str) -> bytes:
        """The bytes of a resource."""
        try:
            # `source` lets only http and https addresses come this far.
            with urllib.request.urlopen(f"{self._url}/{path}", timeout=60) as answer:  # noqa: S310
                data: bytes = answer.read()
                return data
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in (404, 410):
                raise NotVerified("it is missing") from None
            raise CannotTell(f"it cannot be fetched (status {error.code})") from None
        except (urllib.error.URLError, OSError):
            raise CannotTell("it cannot be fetched") from None

    def names(self) -> Iterator[str]:
        """A web server lists nothing."""
        return iter(())


def source(where: str) -> Source:
    """The log at a folder or URL. Raises BadFile."""
    if where.startswith(("http://", "https://")):
        return Web(where)
    if not Path(where).is_dir():
        raise BadFile(f"{where}: not a folder")
    return Folder(Path(where))
