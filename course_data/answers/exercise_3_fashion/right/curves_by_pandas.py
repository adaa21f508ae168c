# why: a table of pandas that plots itself

# %% curves
import pandas as pd

pd.DataFrame(history.history).plot(figsize=(8, 5), grid=True, xlabel="Epoch", style=["r--", "r--.", "b-", "b-*"])
plt.show()
