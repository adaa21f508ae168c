# %% double
from IPython.display import HTML, display

display(HTML("<p>" + "".join(f"<b a={number}>" for number in range(1000)) + "<p>x" * 3000))
display(HTML("<p>" + "".join(f"<i/{number}>" for number in range(3000)) + "<p>x" * 20_000))


def double(x):
    return 2 * x
