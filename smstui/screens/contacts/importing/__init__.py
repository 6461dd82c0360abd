"""Address book › Import contacts (the guide, part 4): from a file to contacts in groups, in five steps."""
