"""Datasets come verified or not at all; the real download code runs against a server on the loopback address."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import http.server
import io
import pickle
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from autograder.course import datasets
from autograder.course.course import Course
from autograder.course.readers import DatasetSpec, FileSpec
from autograder.errors import DataError

RNG = np.random.default_rng(0)


class Publisher(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; may promise more bytes than it sends, as an interrupted connection does."""

    cut = False

    def log_message(self, *args: object) -> None:
        pass

    def copyfile(self, source, outputfile) -> None:  # type: ignore[no-untyped-def, override]
        content = source.read()
        outputfile.write(content[: len(content) // 2] if self.cut else content)


@contextlib.contextmanager
def publisher(folder: Path, *, cut: bool = False) -> Iterator[str]:
    handler = type("Handler", (Publisher,), {"cut": cut})
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *args: handler(*args, directory=str(folder))
    ) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def sha256(path: Path) -> tuple[str, str]:
    return "sha256", hashlib.sha256(path.read_bytes()).hexdigest()


def spec(
    format_: str,
    folder: str,
    files: tuple[FileSpec, ...],
    archive: FileSpec | None = None,
    image: tuple[int, ...] = (28, 28),
) -> DatasetSpec:
    return DatasetSpec("tiny", "Tiny", format_, folder, image, 20, 10, (), "", "", files, archive, {})


@pytest.fixture
def fashion_like(tmp_path: Path) -> Path:
    folder = tmp_path / "published" / "fashion-mnist"
    folder.mkdir(parents=True)
    for prefix, n in (("train", 20), ("t10k", 10)):
        (folder / f"{prefix}-images-idx3-ubyte.gz").write_bytes(
            gzip.compress(bytes(16) + RNG.integers(0, 256, n * 784, dtype=np.uint8).tobytes())
        )
        (folder / f"{prefix}-labels-idx1-ubyte.gz").write_bytes(
            gzip.compress(bytes(8) + RNG.integers(0, 10, n, dtype=np.uint8).tobytes())
        )
    return folder


@pytest.fixture
def cifar_like(tmp_path: Path) -> Path:
    folder = tmp_path / "published" / "cifar"
    folder.mkdir(parents=True)
    for name, n in (("data_batch_1", 10), ("data_batch_2", 10), ("test_batch", 10)):
        batch = {b"data": RNG.integers(0, 256, (n, 3072), dtype=np.uint8), b"labels": RNG.integers(0, 10, n).tolist()}
        (folder / name).write_bytes(pickle.dumps(batch, protocol=4))
    with tarfile.open(folder.parent / "cifar.tar.gz", "w:gz") as archive:
        archive.add(folder, "cifar")
    return folder


def files_of(folder: Path, url: str = "") -> tuple[FileSpec, ...]:
    return tuple(FileSpec(file.name, sha256(file), f"{url}/{file.name}") for file in sorted(folder.iterdir()))


def test_files_are_downloaded_verified_and_stored(
    fashion_like: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with publisher(fashion_like) as url:
        datasets.fetch(spec("idx", "fashion-mnist", files_of(fashion_like, url)), tmp_path / "store")
    found = datasets.open_dataset(tmp_path / "store", "tiny")
    assert found.origin == "published" and found["x_train"].shape == (20, 28, 28) and found["y_test"].shape == (10,)
    assert isinstance(found["x_train"], np.memmap) and not found["x_train"].flags.writeable
    assert "%" in capfd.readouterr().err  # progress is shown


def test_an_archive_is_downloaded_and_unpacked(cifar_like: Path, tmp_path: Path) -> None:
    archive = cifar_like.parent / "cifar.tar.gz"
    with publisher(cifar_like.parent) as url:
        tiny = spec(
            "cifar",
            "cifar",
            files_of(cifar_like),
            FileSpec("cifar.tar.gz", sha256(archive), f"{url}/cifar.tar.gz"),
            (32, 32, 3),
        )
        datasets.fetch(tiny, tmp_path / "store")
    found = datasets.open_dataset(tmp_path / "store", "tiny")
    assert (
        found["x_train"].shape == (20, 32, 32, 3)
        and found["y_train"].shape == (20, 1)
        and found["y_train"].dtype == np.uint8
    )
    batch = pickle.loads((cifar_like / "test_batch").read_bytes(), encoding="bytes")
    assert np.array_equal(found["x_test"][3, 5, 7], batch[b"data"][3].reshape(3, 32, 32)[:, 5, 7])


def test_a_folder_of_files_is_taken_and_so_is_an_archive_in_it(cifar_like: Path, tmp_path: Path) -> None:
    archive = cifar_like.parent / "cifar.tar.gz"
    tiny = spec("cifar", "cifar", files_of(cifar_like), FileSpec("cifar.tar.gz", sha256(archive)), (32, 32, 3))
    (tmp_path / "only_archive").mkdir()
    archive.rename(tmp_path / "only_archive" / archive.name)
    datasets.fetch(tiny, tmp_path / "one", cifar_like.parent)
    datasets.fetch(tiny, tmp_path / "two", tmp_path / "only_archive")
    one, two = (datasets.open_dataset(tmp_path / name, "tiny") for name in ("one", "two"))
    assert all(np.array_equal(one[key], two[key]) for key in one.arrays)


def test_the_fine_and_the_coarse_labels_of_cifar100_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "published" / "cifar-100-python"
    folder.mkdir(parents=True)
    fine = {"train": RNG.integers(0, 100, 20).tolist(), "test": RNG.integers(0, 100, 10).tolist()}
    for part, labels in fine.items():
        data = RNG.integers(0, 256, (len(labels), 3072), dtype=np.uint8)
        batch = {b"data": data, b"fine_labels": labels, b"coarse_labels": [label // 5 for label in labels]}
        (folder / part).write_bytes(pickle.dumps(batch, protocol=4))
    tiny = spec("cifar", "cifar-100-python", files_of(folder), image=(32, 32, 3))
    datasets.fetch(tiny, tmp_path / "store", folder.parent)
    found = datasets.open_dataset(tmp_path / "store", "tiny")
    for part, labels in fine.items():
        assert found[f"y_{part}"].ravel().tolist() == labels and found[f"y_{part}_coarse"].shape == (len(labels), 1)
        assert np.array_equal(found[f"y_{part}_coarse"], found[f"y_{part}"] // 5)


def test_a_wrong_checksum_names_the_file_and_both_sums(fashion_like: Path, tmp_path: Path) -> None:
    files = files_of(fashion_like)
    wrong = (FileSpec(files[0].name, ("md5", "0" * 32)), *files[1:])
    with pytest.raises(DataError) as error:
        datasets.fetch(spec("idx", "fashion-mnist", wrong), tmp_path / "store", fashion_like.parent)
    found = hashlib.md5((fashion_like / files[0].name).read_bytes()).hexdigest()
    assert files[0].name in str(error.value) and found in str(error.value) and "0" * 32 in str(error.value)
    assert not (tmp_path / "store").exists()


def test_an_interrupted_download_leaves_nothing_behind(fashion_like: Path, tmp_path: Path) -> None:
    with publisher(fashion_like, cut=True) as url, pytest.raises(DataError, match="could not be downloaded"):
        datasets.fetch(spec("idx", "fashion-mnist", files_of(fashion_like, url)), tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_a_publisher_out_of_reach_is_one_line_with_the_way_out(tmp_path: Path) -> None:
    with publisher(tmp_path) as url:
        gone = url
    with pytest.raises(DataError, match="--from DIR"):
        datasets.fetch(spec("idx", "x", (FileSpec("a.gz", ("md5", ""), f"{gone}/a.gz"),)), tmp_path / "store")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"has no fashion-mnist/train\.gz"):
        datasets.fetch(spec("idx", "fashion-mnist", (FileSpec("train.gz", ("md5", "")),)), tmp_path / "store", tmp_path)


def test_a_pickle_that_is_no_array_is_not_executed(cifar_like: Path, tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (tmp_path / "executed",))  # type: ignore[return-value]

    (cifar_like / "test_batch").write_bytes(pickle.dumps(Evil(), protocol=2))
    with pytest.raises(DataError, match="in a dataset"):
        datasets.fetch(
            spec("cifar", "cifar", files_of(cifar_like), image=(32, 32, 3)), tmp_path / "store", cifar_like.parent
        )
    assert not (tmp_path / "executed").exists()


def test_a_failed_write_leaves_the_old_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets.save_dataset(tmp_path, "tiny", "published", {"x_train": np.arange(3)})

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(DataError, match="No space left on device; nothing was changed"):
        datasets.save_dataset(tmp_path, "tiny", "published", {"x_train": np.arange(9)})
    assert datasets.open_dataset(tmp_path, "tiny")["x_train"].tolist() == [0, 1, 2]
    assert [folder.name for folder in tmp_path.iterdir()] == ["tiny"]


def test_the_published_data_is_preferred_to_its_standin(tmp_path: Path) -> None:
    datasets.save_dataset(tmp_path, "tiny", "stand-in", {"x_train": np.zeros(1)})
    assert datasets.origin_of(tmp_path, "tiny") == "stand-in"
    datasets.save_dataset(tmp_path, "tiny", "published", {"x_train": np.ones(1)})
    assert (
        datasets.origin_of(tmp_path, "tiny") == "published"
        and datasets.open_dataset(tmp_path, "tiny")["x_train"][0] == 1
    )


def test_a_missing_dataset_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"autograder data fetch cifar10.*autograder data standin cifar10"):
        datasets.open_dataset(tmp_path, "cifar10")


def test_the_status_notices_a_changed_file(tmp_path: Path, repository: Course) -> None:
    registry = datasets.read_registry(repository.data / "datasets.toml")
    folder = datasets.save_dataset(tmp_path, "mnist", "published", {"x_train": np.zeros(100)})
    assert {dataset.spec.name: dataset.origin for dataset in datasets.status(tmp_path, registry)} == {
        "cifar10": "",
        "cifar100": "",
        "fashion_mnist": "",
        "mnist": "published",
        "iris": "scikit-learn",
    }
    stream = io.BytesIO()
    np.save(stream, np.ones(100))
    (folder / "x_train.npy").write_bytes(stream.getvalue())
    problem = next(dataset.problem for dataset in datasets.status(tmp_path, registry) if dataset.spec.name == "mnist")
    assert "x_train changed on disk" in problem


def test_the_published_files_are_accepted(real_data: Path, repository: Course, tmp_path: Path) -> None:
    registry = datasets.read_registry(repository.data / "datasets.toml")
    for name in ("cifar10", "fashion_mnist", "mnist"):
        datasets.fetch(registry[name], tmp_path, real_data)
        found = datasets.open_dataset(tmp_path, name)
        assert found.origin == "published" and np.bincount(found["y_test"].ravel()).min() > 800
