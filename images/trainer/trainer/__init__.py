"""The trainer of Tidegate: reads rows, learns a model, and leaves a bundle with the proof of what it is worth."""
