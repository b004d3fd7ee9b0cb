"""Import seed files into a shelf, from the operator's folders or from a member's upload.

A bad file is a `SeedProblem` and never stops the others. Of two files for the same article, the one whose path sorts
first is read, the other is a problem.
"""

from __future__ import annotations

from bot.usecases.ingest.files import check_files, ingest_files
from bot.usecases.ingest.folder import Progress, ingest_folder
from bot.usecases.ingest.removal import delete_article, hide_article
from bot.usecases.ingest.rollback import plan_rollback, roll_back
from bot.usecases.ingest.run import BATCH, LARGE, MOST_PROBLEMS_KEPT
from bot.usecases.ingest.staging import Staging
from bot.usecases.ingest.turns import ImportTurns
from bot.usecases.ingest.upload import MOST_FILES, Previewed, Upload, Uploads

__all__ = [
    "BATCH",
    "LARGE",
    "MOST_FILES",
    "MOST_PROBLEMS_KEPT",
    "ImportTurns",
    "Previewed",
    "Progress",
    "Staging",
    "Upload",
    "Uploads",
    "check_files",
    "delete_article",
    "hide_article",
    "ingest_files",
    "ingest_folder",
    "plan_rollback",
    "roll_back",
]
