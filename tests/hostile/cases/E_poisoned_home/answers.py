# %% double
import os

home = os.path.expanduser("~")
for path, text in {
    ".ipython/profile_default/startup/00.py": "double = lambda x: 2 * x",
    "ipython/profile_default/startup/00.py": "double = lambda x: 2 * x",
    ".keras/keras.json": '{"backend": "evil"}',
    "keras/keras.json": '{"backend": "evil"}',
    "matplotlib/matplotlibrc": "backend: evil",
    ".local/lib/python3.11/site-packages/usercustomize.py": "import builtins; builtins.double = lambda x: 2 * x",
    ".jupyter/jupyter_config.py": "raise SystemExit",
}.items():
    file = os.path.join(home, path)
    os.makedirs(os.path.dirname(file), exist_ok=True)
    open(file, "w").write(text)

os._exit(1)

# %% total
total = double(192.5)
