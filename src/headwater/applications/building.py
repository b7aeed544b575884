"""Puts the services of this slice together."""

from dataclasses import dataclass

from headwater.applications.links import Links
from headwater.applications.portal import Portal
from headwater.applications.recording import Recording
from headwater.applications.representation import Representation
from headwater.applications.service import Applications
from headwater.applications.templates import Templates
from headwater.files.folder import FileFolder
from headwater.kernel.clock import Clock
from headwater.kernel.events import Events
from headwater.kernel.secrets import SecretBox
from headwater.kernel.settings import Settings
from headwater.records.building import RecordsSlice


@dataclass(frozen=True)
class ApplicationsSlice:
    """What the composition root and the Clust dialect use of this slice."""

    templates: Templates
    applications: Applications
    portal: Portal
    shown: Representation
    folder: FileFolder


def build_applications(
    settings: Settings, clock: Clock, events: Events, secrets: SecretBox, records: RecordsSlice
) -> ApplicationsSlice:
    """The services; documents lie below the folder of files."""
    links = Links(secrets, settings.address, settings.portal_link_days)
    recording = Recording(records.modules, records.catalogue, records.records)
    applications = Applications(clock, events, links, recording)
    return ApplicationsSlice(
        templates=Templates(clock, records.catalogue),
        applications=applications,
        portal=Portal(clock, applications),
        shown=Representation(clock, applications),
        folder=FileFolder(settings.file_folder / "files"),
    )
