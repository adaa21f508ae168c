# %% double
from IPython.display import HTML, display

for _ in range(40):
    display(HTML("&" * 99_990))
    print("<" * 99_990)


def double(x):
    return 2 * x
