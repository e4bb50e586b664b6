"""The commands of `talentbank`, one file for each group; thin, like routes: they call a workflow or a report."""
