# %% double
from IPython.display import HTML, SVG, Javascript, display

display(HTML("<script>alert('J1')</script><img src=x onerror=alert('J2')><iframe src='https://evil.example/J3'></iframe>"))
display(Javascript("alert('J4')"))
display(HTML("<form action='https://evil.example/J5'><input></form><style>body { display: none }</style>"))


def double(x):
    return 2 * x
