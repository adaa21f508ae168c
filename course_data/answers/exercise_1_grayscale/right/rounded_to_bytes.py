# why: rounded to 8-bit grey values, as image libraries do

# %% to_gray
def to_gray(images):
    gray = 0.2989 * images[..., 0] + 0.5870 * images[..., 1] + 0.1140 * images[..., 2]
    return np.round(gray).astype(np.uint8)
