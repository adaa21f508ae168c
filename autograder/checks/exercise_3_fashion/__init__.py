"""Hidden checks of exercise 3, Fashion-MNIST."""
