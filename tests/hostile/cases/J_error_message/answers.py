# %% double
def double(x):
    raise type("<script>alert(1)</script>", (Exception,), {})("\x1b[2J\x1b]0;owned\x07<img src=x onerror=alert(2)>")

# %% total
raise ValueError("\x1b[2J\x1b[31m<script>alert(3)</script>\u202e")
