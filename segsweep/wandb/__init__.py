"""All that speaks to Weights & Biases. The folder of a run is the truth; what is shown elsewhere may miss or fail."""
