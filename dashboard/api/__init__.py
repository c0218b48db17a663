"""JSON over HTTP: ticks, boards, map values, geometry; conditional, compressed once."""
