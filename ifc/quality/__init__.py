"""Quality on entry: what is wrong with a file, where, by which rule, and what to change in the authoring tool."""
