# %% double
def double(x):
    raise type("E$\\href{/user/mallory/x.html}{5}$", (Exception,), {})(
        r"$\href{/user/mallory/x.html}{\text{Full credit}}$ [look](http://evil.example) $$\style{position:fixed}{x}$$"
    )
