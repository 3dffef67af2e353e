"""What stands around the items in an archive of QTI 2.1: the test and the manifest."""

from __future__ import annotations

from . import About
from .canvas_files import set_id
from .html import xml

_TEST = """<?xml version="1.0" encoding="UTF-8"?>
<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="{id}" title="{title}" \
toolName="dlsolve" toolVersion="{version}">
  <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float">
    <defaultValue><value>0</value></defaultValue>
  </outcomeDeclaration>
  <testPart identifier="part" navigationMode="nonlinear" submissionMode="individual">
    <assessmentSection identifier="problems" title="{title}" visible="true">
      <rubricBlock view="candidate"><p>{instructions}</p><p>{stamp}</p></rubricBlock>
{items}    </assessmentSection>
  </testPart>
  <outcomeProcessing>
    <setOutcomeValue identifier="SCORE"><sum><testVariables variableIdentifier="SCORE"/></sum></setOutcomeValue>
  </outcomeProcessing>
</assessmentTest>
"""
_ITEM = '      <assessmentItemRef identifier="{id}" href="{id}.xml"/>\n'
_MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="{id}-manifest">
  <metadata>
    <schema>QTIv2.1 Package</schema>
    <schemaversion>1.0.0</schemaversion>
  </metadata>
  <organizations/>
  <resources>
    <resource identifier="{id}" type="imsqti_test_xmlv2p1" href="test.xml">
      <file href="test.xml"/>
{dependencies}    </resource>
{items}  </resources>
</manifest>
"""
_DEPENDENCY = '      <dependency identifierref="{id}"/>\n'
_RESOURCE = """    <resource identifier="{id}" type="imsqti_item_xmlv2p1" href="{id}.xml">
      <file href="{id}.xml"/>
{files}    </resource>
"""
_FILE = '      <file href="{name}"/>\n'


def assessment_test(about: About, ids: list[str]) -> str:
    """The test: all items, in order, with the instructions before them."""
    return _TEST.format(
        id=set_id(about),
        title=xml(f"{about.title} ({about.form})"),
        version=xml(about.version),
        instructions=xml(about.instructions),
        stamp=xml(f"Form {about.form}, seed {about.seed}, dlsolve {about.version}"),
        items="".join(_ITEM.format(id=id_) for id_ in ids),
    )


def manifest(about: About, held: list[tuple[str, tuple[str, ...]]]) -> str:
    """The list of all files: of each item its id and its pictures."""
    resources = [
        _RESOURCE.format(id=id_, files="".join(_FILE.format(name=name) for name in files)) for id_, files in held
    ]
    dependencies = "".join(_DEPENDENCY.format(id=id_) for id_, _ in held)
    return _MANIFEST.format(id=set_id(about), dependencies=dependencies, items="".join(resources))
