# why: reshape without a transposition
# fails: test_output_weights, test_weights_figure

# %% weights
output_weights = model.layers[-1].kernel.numpy().reshape(10, 16, 32)
fig, axes = plt.subplots(1, 10)
for k in range(10):
    axes[k].imshow(output_weights[k])
plt.show()
