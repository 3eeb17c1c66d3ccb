"""Questions that rules ask of the stories, through `Case`: pure functions and their values."""
