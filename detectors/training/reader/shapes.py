"""The reader's sizes, shared by those who draw samples (without torch) and those who train on them."""

#: Positions of the longest text.
SLOTS = 10
#: What a crop is resized to before it enters the network: (height, width), px.
CROP_SIZE = (64, 176)
#: What the straightened plate has: (height, width), px.
PLATE_SIZE = (48, 144)
