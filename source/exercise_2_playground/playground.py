"""The playground of this notebook: it trains in your browser and writes the addresses of playground.tensorflow.org."""

from pathlib import Path

import anywidget
import traitlets

HERE = Path(__file__).parent
FIRST = (
    "https://playground.tensorflow.org/#activation=tanh&batchSize=10&dataset=gauss&regDataset=reg-plane"
    "&learningRate=0.03&regularizationRate=0&noise=0&networkShape=4,2&seed=0.41327&percTrainData=50&x=true&y=true"
    "&problem=classification"
)


class Playground(anywidget.AnyWidget):
    """A small copy of playground.tensorflow.org. `url` is the address of its experiment; assign another one to load it."""

    _esm = HERE / "playground.js"
    _css = HERE / "playground.css"
    url = traitlets.Unicode(FIRST).tag(sync=True)

    def __init__(self, url: str = FIRST) -> None:
        """Begin with the experiment of this address."""
        super().__init__(url=url)
