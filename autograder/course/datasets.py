"""Manages datasets: a registry of published files, and a store of verified arrays that kernels memory-map."""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from autograder.course.readers import READERS, DatasetSpec, FileSpec, UnreadableError
from autograder.errors import DataError
from autograder.records import Dataset

Array = np.ndarray[Any, Any]
PUBLISHED, STANDIN, BUNDLED = "published", "stand-in", "scikit-learn"
RECORD = "dataset.json"
REGISTRY = "datasets.toml"


@dataclass(frozen=True)
class StoreStatus:
    """One line of `autograder data status`; `rows`: how many training and test rows the store has."""

    spec: DatasetSpec
    origin: str
    bytes: int
    problem: str = ""
    rows: tuple[int, ...] = ()


def read_registry(file: Path) -> dict[str, DatasetSpec]:
    """Return the entries of datasets.toml by name; {} without the file. Raises DataError when it cannot be read."""
    try:
        tree = tomllib.loads(file.read_text()) if file.exists() else {}
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{file}: {error}") from error
    return {name: _spec(name, entry, file) for name, entry in tree.items()}


def _spec(name: str, entry: dict[str, Any], file: Path) -> DatasetSpec:
    def file_spec(label: str, part: dict[str, str]) -> FileSpec:
        for algorithm in ("sha256", "md5"):
            if algorithm in part:
                return FileSpec(label, (algorithm, part[algorithm]), part.get("url", ""))
        raise DataError(f"{file}: [{name}] {label} has neither sha256 nor md5")

    try:
        archive = entry.get("archive")
        return DatasetSpec(
            name=name,
            title=entry["title"],
            format=entry["format"],
            folder=entry["folder"],
            image=tuple(entry["image"]),
            train=entry["train"],
            test=entry["test"],
            classes=tuple(entry["classes"]),
            licence=entry["licence"],
            citation=entry["citation"],
            files=tuple(file_spec(label, part) for label, part in entry.get("files", {}).items()),
            archive=file_spec(archive["name"], archive) if archive else None,
            arrays=dict(entry.get("arrays", {})),
        )
    except KeyError as error:
        raise DataError(f"{file}: [{name}] has no {error.args[0]}") from error


def lookup(registry: dict[str, DatasetSpec], name: str) -> DatasetSpec:
    """Return the registry entry of this name. Raises DataError with the existing names when there is none."""
    if name not in registry:
        raise DataError(f"no dataset {name} in the registry; there are: {', '.join(registry)}")
    return registry[name]


# --- the store --------------------------------------------------------------------------------------------------------


def folder_of(store: Path, name: str) -> Path | None:
    """Return the folder with the arrays of a dataset: the published ones, else the stand-in, else None."""
    for folder in (store / name, store / STANDIN / name):
        if (folder / RECORD).is_file():
            return folder
    return None


def origin_of(store: Path, name: str) -> str:
    """Return `published` or `stand-in`, or "" when the dataset is not in the store."""
    folder = folder_of(store, name)
    return "" if folder is None else str(json.loads((folder / RECORD).read_text())["origin"])


def how_to_get(store: Path, name: str) -> str:
    """Return a line for people that says how to get a dataset that is not in the store."""
    return (
        f"{name} is not in {store}: run `autograder data fetch {name}`, "
        f"or `autograder data standin {name}` to practise without it"
    )


@lru_cache(maxsize=8)  # all submissions of an assignment use the same datasets
def open_folders(name: str, origin: str, folder: Path, withheld: Path | None) -> Dataset:
    """Memory-map a dataset as kernels can load it, with `x_withheld` and `y_withheld` added when rows are withheld.

    Raises DataError when a folder is damaged.
    """
    try:
        keys = json.loads((folder / RECORD).read_text())["sha256"]
        arrays = {key: np.load(folder / f"{key}.npy", mmap_mode="r", allow_pickle=False) for key in keys}
        for key in ("x_withheld", "y_withheld") if withheld else ():
            arrays[key] = np.load(Path(str(withheld)) / f"{key}.npy", mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{folder} is damaged ({error}): remove it and fetch {name} again") from error
    return Dataset(name, origin, arrays)


def open_dataset(store: Path, name: str) -> Dataset:
    """Memory-map a dataset of the store. Raises DataError when it is damaged or missing; the text says what to do."""
    folder = folder_of(store, name)
    if folder is None:
        raise DataError(how_to_get(store, name))
    record = json.loads((folder / RECORD).read_text())
    try:
        arrays = {key: np.load(folder / f"{key}.npy", mmap_mode="r", allow_pickle=False) for key in record["sha256"]}
    except (OSError, ValueError) as error:
        raise DataError(f"{folder} is damaged ({error}): remove it and fetch {name} again") from error
    return Dataset(name, record["origin"], arrays)


def save_dataset(store: Path, name: str, origin: str, arrays: dict[str, Array]) -> Path:
    """Write arrays and their checksums into the store, all or nothing, and return the folder.

    An existing dataset of this name is replaced. Raises DataError when the folder cannot be written.
    """
    target = store / name if origin == PUBLISHED else store / STANDIN / name
    target.parent.mkdir(parents=True, exist_ok=True)
    for stale in target.parent.glob(f".{name}-*"):  # a killed run left it
        shutil.rmtree(stale, ignore_errors=True)
    building = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=target.parent))
    try:
        for key, array in arrays.items():
            np.save(building / f"{key}.npy", array, allow_pickle=False)
        record = {"name": name, "origin": origin, "sha256": {key: _array_sum(array) for key, array in arrays.items()}}
        (building / RECORD).write_text(json.dumps(record, indent=1) + "\n")
        building.chmod(0o755)
        old = building.with_name(building.name + "-old")
        if target.exists():
            target.rename(old)
        building.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise DataError(f"{target} could not be written: {error.strerror}; nothing was changed") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target


def status(store: Path, registry: dict[str, DatasetSpec]) -> list[StoreStatus]:
    """Return what the store has of each registered dataset. The checksums are computed again."""
    lines = []
    for spec in registry.values():
        folder = folder_of(store, spec.name)
        if spec.format == BUNDLED:
            lines.append(StoreStatus(spec, BUNDLED, 0))
        elif folder is None:
            lines.append(StoreStatus(spec, "", 0))
        else:
            size = sum(file.stat().st_size for file in folder.iterdir())
            try:
                dataset = open_dataset(store, spec.name)
                sums = json.loads((folder / RECORD).read_text())["sha256"]
                broken = [key for key, array in dataset.arrays.items() if _array_sum(array) != sums[key]]
                problem = f"{', '.join(broken)} changed on disk; fetch again" if broken else ""
                rows = tuple(len(dataset[key]) for key in ("x_train", "x_test") if key in dataset.arrays)
                lines.append(StoreStatus(spec, dataset.origin, size, problem, rows))
            except DataError as error:
                lines.append(StoreStatus(spec, "", size, str(error)))
    return lines


# --- from the publisher -----------------------------------------------------------------------------------------------


def fetch(
    spec: DatasetSpec, store: Path, source: Path | None = None, download: Callable[[str, Path], None] | None = None
) -> Path:
    """Verify the published files of a dataset, write their arrays into the store, and return the folder.

    `source`: a folder of files that were downloaded earlier. Without it, the files are downloaded.
    `download`: a replacement for the downloader; it takes a URL and the path of the target file.

    Raises DataError when the files cannot be obtained or verified; the store is then unchanged. If a file is not the
    published one, the text names the file and both checksums.
    """
    if spec.format == BUNDLED:
        raise DataError(f"{spec.name} comes with scikit-learn; there is nothing to fetch")
    with tempfile.TemporaryDirectory(prefix="autograder-fetch-") as scratch:
        if source is not None:
            arrays = _read(spec, _local_folder(spec, source, Path(scratch)), exact_container=not spec.arrays)
        else:
            arrays = _read(spec, _download(spec, Path(scratch), download or _http), exact_container=True)
        return save_dataset(store, spec.name, PUBLISHED, arrays)


def _local_folder(spec: DatasetSpec, source: Path, scratch: Path) -> Path:
    if not source.is_dir():
        raise DataError(f"{source} is not a folder")
    folder = source / spec.folder
    missing = [file.name for file in spec.files if not (folder / file.name).is_file()]
    if not missing:
        return folder
    if spec.archive and (source / spec.archive.name).is_file():
        return _unpack(spec, spec.archive, source / spec.archive.name, scratch)
    wanted = Path(spec.folder) / missing[0]
    raise DataError(f"{source} has no {wanted}" + (f" and no {spec.archive.name}" if spec.archive else ""))


def _download(spec: DatasetSpec, scratch: Path, download: Callable[[str, Path], None]) -> Path:
    if spec.archive:
        archive = scratch / spec.archive.name
        download(spec.archive.url, archive)
        return _unpack(spec, spec.archive, archive, scratch)
    for file in spec.files:
        download(file.url, scratch / file.name)
    return scratch


def _http(url: str, target: Path) -> None:
    """Download a file with a progress bar. Raises DataError when the second attempt has failed too."""
    import pooch
    import requests

    failure: Exception | None = None
    for _ in range(2):
        try:
            pooch.HTTPDownloader(progressbar=True, timeout=60)(url, str(target), None)
        except (requests.RequestException, OSError) as error:
            failure = error
            target.unlink(missing_ok=True)
        else:
            return
    raise DataError(
        f"{url} could not be downloaded ({type(failure).__name__}); "
        "try again, or give a folder with the files: --from DIR"
    ) from failure


def _unpack(spec: DatasetSpec, published: FileSpec, archive: Path, scratch: Path) -> Path:
    _verify(archive, published)
    folder = scratch / "unpacked"
    folder.mkdir()
    with tarfile.open(archive) as members:
        for file in spec.files:
            stream = members.extractfile(f"{spec.folder}/{file.name}")
            if stream is None:
                raise DataError(f"{archive.name} has no {spec.folder}/{file.name}")
            (folder / file.name).write_bytes(stream.read())
    return folder


def _verify(path: Path, spec: FileSpec) -> None:
    algorithm, expected = spec.checksum
    with open(path, "rb") as stream:
        actual = hashlib.file_digest(stream, algorithm).hexdigest()
    if actual != expected:
        raise DataError(f"{path.name} is not the published file: its {algorithm} is {actual}, published is {expected}")


def _read(spec: DatasetSpec, folder: Path, exact_container: bool) -> dict[str, Array]:
    """Return the arrays of verified files.

    `exact_container`: also compare the checksums of the files. Without it, only the checksums of the arrays count, and
    the arrays may come from another archive.
    """
    if exact_container:
        for file in spec.files:
            _verify(folder / file.name, file)
    try:
        arrays = READERS[spec.format](spec, folder)
    except UnreadableError as error:
        raise DataError(f"{folder}: {spec.title} cannot be read ({type(error).__name__}: {error})") from error
    for key, expected in spec.arrays.items():
        if (actual := _array_sum(arrays[key])) != expected:
            raise DataError(
                f"{spec.files[0].name}: {key} is not the published array: "
                f"its sha256 is {actual}, published is {expected}"
            )
    for key, count in (("x_train", spec.train), ("x_test", spec.test)):
        if arrays[key].shape != (count, *spec.image):
            raise DataError(
                f"{spec.name}: {key} has the shape {arrays[key].shape}, published is {(count, *spec.image)}"
            )
    return arrays


def _array_sum(array: Array) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()
