"""What stands around the questions in an archive for Canvas: the frame of the quiz, its settings, the manifest."""

from __future__ import annotations

import hashlib

from . import About
from .html import xml

_START = """<?xml version="1.0" encoding="UTF-8"?>
<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">
  <assessment ident="{quiz}" title="{title}">
    <qtimetadata>
      <qtimetadatafield><fieldlabel>cc_maxattempts</fieldlabel><fieldentry>1</fieldentry></qtimetadatafield>
    </qtimetadata>
    <section ident="root_section">
"""
_END = """    </section>
  </assessment>
</questestinterop>
"""
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<quiz identifier="{quiz}" xmlns="http://canvas.instructure.com/xsd/cccv1p0">
  <title>{title}</title>
  <description>{description}</description>
  <shuffle_answers>false</shuffle_answers>
  <scoring_policy>keep_highest</scoring_policy>
  <quiz_type>assignment</quiz_type>
  <points_possible>{points}.0</points_possible>
  <show_correct_answers>true</show_correct_answers>
  <allowed_attempts>1</allowed_attempts>
  <one_question_at_a_time>false</one_question_at_a_time>
  <available>false</available>
  <assignment identifier="{quiz}-assignment">
    <title>{title}</title>
    <workflow_state>unpublished</workflow_state>
    <quiz_identifierref>{quiz}</quiz_identifierref>
    <points_possible>{points}.0</points_possible>
    <grading_type>points</grading_type>
    <submission_types>online_quiz</submission_types>
  </assignment>
</quiz>
"""
_MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="{quiz}-manifest" xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1">
  <metadata>
    <schema>IMS Content</schema>
    <schemaversion>1.1.3</schemaversion>
  </metadata>
  <organizations/>
  <resources>
    <resource identifier="{quiz}" type="imsqti_xmlv1p2">
      <file href="quiz/quiz.xml"/>
      <dependency identifierref="{quiz}-settings"/>
    </resource>
    <resource identifier="{quiz}-settings" type="associatedcontent/imscc_xmlv1p1/learning-application-resource" \
href="quiz/assessment_meta.xml">
      <file href="quiz/assessment_meta.xml"/>
    </resource>
{pictures}  </resources>
</manifest>
"""
_PICTURE = """    <resource identifier="{id}" type="webcontent" href="{name}">
      <file href="{name}"/>
    </resource>
"""


def assessment_start(about: About) -> str:
    """The beginning of the quiz."""
    return _START.format(quiz=set_id(about), title=xml(_title(about)))


def assessment_end() -> str:
    """The end of the quiz."""
    return _END


def settings(about: About, points: int) -> str:
    """The settings of the quiz; nobody sees it before it is published."""
    stamp = f"Form {about.form}, seed {about.seed}, dlsolve {about.version}"
    description = xml(f"<p>{xml(about.instructions)}</p><p>{xml(stamp)}</p>")
    return _SETTINGS.format(quiz=set_id(about), title=xml(_title(about)), description=description, points=points)


def manifest(about: About, pictures: list[str]) -> str:
    """The list of all files."""
    resources = "".join(_PICTURE.format(id=f"picture{i}", name=name) for i, name in enumerate(pictures, 1))
    return _MANIFEST.format(quiz=set_id(about), pictures=resources)


def set_id(about: About) -> str:
    """An id of the set, from what it says about itself; a name in XML."""
    decided = f"{about.title}/{about.form}/{about.seed}/{about.version}"
    return f"dlsolve-set-{hashlib.sha256(decided.encode()).hexdigest()[:16]}"


def _title(about: About) -> str:
    return f"{about.title} ({about.form})"
