# %% double
import threading

threading.stack_size(65536)
while True:
    threading.Thread(target=threading.Event().wait, daemon=True).start()
