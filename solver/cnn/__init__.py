"""The planner of convolutional networks: shapes and counts with their arithmetic, standard library only."""
