"""Settings of an experiment, read from the URL of the page and written to it.

A URL holds everything of an experiment except the clicks and the trained weights.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields, replace
from urllib.parse import urlsplit

from autograder.errors import BadUrl

PAGE = "https://playground.tensorflow.org/"
HOSTS = ("playground.tensorflow.org", "www.playground.tensorflow.org")
ACTIVATIONS = ("relu", "tanh", "sigmoid", "linear")
REGULARIZATIONS = ("L1", "L2")
CLASSIFICATION = ("circle", "xor", "gauss", "spiral")
REGRESSION = ("reg-plane", "reg-gauss")
FEATURES = ("x", "y", "xSquared", "ySquared", "xTimesY", "sinX", "sinY")
UNUSED_FEATURES = ("cosX", "cosY")
LEARNING_RATES = (1e-5, 1e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
REGULARIZATION_RATES = (0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
MAX_LAYERS, MAX_NEURONS, MAX_BATCH = 6, 8, 30
ORDER = (
    *(
        "activation",
        "regularization",
        "batchSize",
        "dataset",
        "regDataset",
        "learningRate",
        "regularizationRate",
        "noise",
    ),
    *(
        "networkShape",
        "seed",
        "percTrainData",
        "x",
        "y",
        "xTimesY",
        "xSquared",
        "ySquared",
        "cosX",
        "sinX",
        "cosY",
        "sinY",
    ),
    *("problem", "initZero"),
)
LONGEST_URL, LONGEST_SEED, LONGEST_NUMBER = 4000, 100, 40

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
AS_TEXT = re.compile(r"0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+")


@dataclass(frozen=True)
class Settings:
    """The settings of an experiment.

    `noise` and `perc_train_data` are percentages up to 100. `features` are in the page's order.
    """

    activation: str = "tanh"
    regularization: str = "none"
    dataset: str = "circle"
    reg_dataset: str = "reg-plane"
    problem: str = "classification"
    batch_size: float = 10
    learning_rate: float = 0.03
    regularization_rate: float = 0
    noise: float = 0
    perc_train_data: float = 50
    network_shape: tuple[int, ...] = (4, 2)
    seed: str = ""
    features: tuple[str, ...] = ("x", "y")
    init_zero: bool = False

    @property
    def classifies(self) -> bool:
        """Whether the experiment is a classification."""
        return self.problem == "classification"

    @property
    def data(self) -> str:
        """The name of the dataset that is in use."""
        return self.dataset if self.classifies else self.reg_dataset


KEYS = {setting.name: re.sub(r"_(.)", lambda match: match[1].upper(), setting.name) for setting in fields(Settings)}
CHOICES = {
    "activation": ACTIVATIONS,
    "regularization": REGULARIZATIONS,
    "dataset": CLASSIFICATION,
    "reg_dataset": REGRESSION,
    "problem": ("classification", "regression"),
}
NUMBERS = ("batch_size", "learning_rate", "regularization_rate", "noise", "perc_train_data")


def parse(url: str) -> Settings:
    """Return the settings in a URL, read as the page reads them.

    %2C counts as a comma, because mail programs write it instead. Raises BadUrl for another site, for a URL without a
    seed, and for values with which no computer should be made to train. Use `offered` to accept only values that the
    page's controls can produce.
    """
    return _settings(_values(_hash(url)))


def write(settings: Settings) -> str:
    """Return the URL that opens this experiment, with the keys in the order in which the page writes them."""
    values = {KEYS[name]: getattr(settings, name) for name in CHOICES} | {"seed": settings.seed}
    values |= {KEYS[name]: _javascript(getattr(settings, name)) for name in NUMBERS}
    values["networkShape"] = ",".join(map(str, settings.network_shape))
    values |= {key: str(key in settings.features).lower() for key in (*FEATURES, *UNUSED_FEATURES)}
    values["initZero"] = str(settings.init_zero).lower()
    if settings.regularization == "none":
        del values["regularization"]
    return PAGE + "#" + "&".join(f"{key}={values[key]}" for key in ORDER if key in values)


def unoffered(settings: Settings) -> str:
    """Return in words the first setting that the page's controls cannot produce; an empty text if there is none."""
    steps = {"noise": range(0, 51, 5), "perc_train_data": range(10, 91, 10), "batch_size": range(1, MAX_BATCH + 1)}
    rates = {"learning_rate": LEARNING_RATES, "regularization_rate": REGULARIZATION_RATES}
    for name, values in {**rates, **steps}.items():
        if getattr(settings, name) not in values:
            listed = f"{values[0]:g} to {values[-1]:g}"
            return f"{KEYS[name]}={getattr(settings, name):g} is not on the page, which offers {listed}" + (
                f" in steps of {values.step}" if isinstance(values, range) and values.step > 1 else ""
            )
    return f"initZero={str(settings.init_zero).lower()} is not on the page" if settings.init_zero else ""


def offered(url: str) -> Settings:
    """Return the settings as `parse` does. Raises BadUrl also for values that the page's controls cannot produce."""
    settings = parse(url)
    if problem := unoffered(settings):
        raise BadUrl(problem, hint="Set it on the page itself, then copy the address again.")
    return settings


def changed(one: Settings, other: Settings) -> list[str]:
    """Return the names, as in the URL, of the settings that differ between two experiments.

    A setting that is not in use does not count.
    """
    names = [name for name in KEYS if getattr(one, name) != getattr(other, name)]
    if one.regularization == other.regularization == "none" and "regularization_rate" in names:
        names.remove("regularization_rate")
    unused = {"reg_dataset"} if one.classifies and other.classifies else set()
    return [KEYS[name] for name in names if name not in unused]


def _hash(url: str) -> str:
    if len(url) > LONGEST_URL:
        raise BadUrl(f"the URL has {len(url)} characters; one of the page has about 600")
    text = url.strip()
    try:
        parts = urlsplit(text)
        site = parts.hostname
    except ValueError:
        raise BadUrl(
            "this is not a URL", hint="Copy the address of the page from the browser's address line."
        ) from None
    if parts.scheme not in ("http", "https") or not site:
        raise BadUrl(
            "this is not a URL that begins with https://",
            hint="Copy the whole address from the browser's address line.",
        )
    if site not in HOSTS:
        raise BadUrl(f"this is a URL of {site}, not of playground.tensorflow.org")
    if not parts.fragment:
        raise BadUrl(
            "the URL has nothing after #, where the experiment stands", hint="Copy the whole address, to its end."
        )
    return parts.fragment


def _values(fragment: str) -> dict[str, str]:
    values = {}
    for part in fragment.replace("&amp;", "&").split("&"):  # HTML source has &amp;
        key, separator, value = part.partition("=")
        if separator:
            values[key] = value.partition("=")[0].replace("%2C", ",").replace("%2c", ",")
    return {key: value for key, value in values.items() if value.strip() or key == "networkShape"}


def _settings(values: dict[str, str]) -> Settings:
    settings: dict[str, object] = {}
    for name, choices in CHOICES.items():
        if values.get(KEYS[name]) in choices:
            settings[name] = values[KEYS[name]]
    for name in NUMBERS:
        if KEYS[name] in values:
            settings[name] = _number(KEYS[name], values[KEYS[name]])
    if "networkShape" in values:
        settings["network_shape"] = _shape(values["networkShape"])
    if "seed" not in values:
        raise BadUrl(
            "the URL has no seed, so nobody can run the same experiment again",
            hint="Open the page: it puts a seed into the address. Then copy the whole of it.",
        )
    settings["seed"] = values["seed"]
    switches = {key: values[key] != "false" for key in (*FEATURES, "initZero") if key in values}
    switches |= {key: False for key in FEATURES if values.get(f"{key}_hide", "false") != "false"}
    settings["features"] = tuple(feature for feature in FEATURES if switches.get(feature, feature in ("x", "y")))
    settings["init_zero"] = switches.get("initZero", False)
    return _within(replace(Settings(), **settings))  # type: ignore[arg-type]


def _within(settings: Settings) -> Settings:
    """Return the settings as the page uses them. Raises BadUrl for those that would only keep a computer busy."""
    if len(settings.seed) > LONGEST_SEED:
        raise BadUrl(f"the seed has {len(settings.seed)} characters; one of the page has about 7")
    noise = 50 if settings.noise > 80 else max(settings.noise, 0)
    if not 0 <= settings.perc_train_data <= 100:
        raise BadUrl(f"percTrainData={settings.perc_train_data:g} is no percentage")
    if settings.batch_size < 1 or settings.batch_size > 1200 or settings.batch_size != int(settings.batch_size):
        raise BadUrl(f"batchSize={settings.batch_size:g} is no number of points", hint="The page offers 1 to 30.")
    for name in ("learning_rate", "regularization_rate"):
        if getattr(settings, name) < 0:
            raise BadUrl(f"{KEYS[name]}={getattr(settings, name):g} is negative")
    return replace(settings, noise=noise, batch_size=int(settings.batch_size))


def _number(key: str, text: str) -> float:
    """Return what JavaScript's unary plus makes of a text. Raises BadUrl if that is no finite number."""
    text = text.strip()
    if len(text) > LONGEST_NUMBER:
        raise BadUrl(f"{key}={text[:40]}... is not a number that can be used")
    value = float(text) if NUMBER.fullmatch(text) else float(int(text, 0)) if AS_TEXT.fullmatch(text) else math.nan
    if not math.isfinite(value) or abs(value) > 1e9:
        raise BadUrl(f"{key}={text[:40]} is not a number that can be used")
    return value


def _javascript(value: float) -> str:
    """Return a number as JavaScript writes it."""
    text = repr(float(value)).removesuffix(".0")
    return f"{value:.10f}".rstrip("0") if "e-0" in text and abs(value) >= 1e-6 else text


def _shape(text: str) -> tuple[int, ...]:
    """Return the sizes of the hidden layers; blank text means none."""
    if not text.strip():
        return ()
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > MAX_LAYERS:
        raise BadUrl(f"the network has {len(parts)} hidden layers; the page has at most {MAX_LAYERS}")
    if not all(re.fullmatch(r"[0-9]{1,6}", part) for part in parts):
        raise BadUrl(f"networkShape={text[:40]} is not a list of whole numbers like 4,2")
    sizes = tuple(map(int, parts))
    if not all(1 <= size <= MAX_NEURONS for size in sizes):
        raise BadUrl(f"networkShape={text[:40]} has a layer that is not of 1 to {MAX_NEURONS} neurons")
    return sizes
