# why: all weights in one picture
# fails: test_weights_figure

# %% weights
output_weights = model.layers[-1].kernel.numpy().T.reshape(10, 16, 32)
plt.imshow(output_weights.reshape(10, 512))
plt.show()
