# %% double
from IPython.display import SVG, display

display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(2)</script><a href='javascript:alert(3)'><text>x</text></a></svg>"))


def double(x):
    return 2 * x
