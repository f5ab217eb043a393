// npm's `edifact`: its streaming parser, each segment built from its events as its README shows.
// Reads the path of a file on each line of standard input; answers each with the processor seconds taken and the segments found.
'use strict'

const fs = require('fs')
const readline = require('readline')
const Parser = require('edifact/parser.js')

function parse (text) {
  const parser = new Parser()
  let segments = 0
  let segment, components
  parser.onopensegment = name => { segment = { name, elements: [] } }
  parser.onelement = () => { components = []; segment.elements.push(components) }
  parser.oncomponent = data => { components.push(data) }
  parser.onclosesegment = () => { segments += 1 }
  parser.write(text)
  parser.end()
  return segments
}

readline.createInterface({ input: process.stdin }).on('line', path => {
  const content = fs.readFileSync(path)
  const start = process.cpuUsage()
  const segments = parse(content.toString('latin1'))
  const { user, system } = process.cpuUsage(start)
  const seconds = (user + system) / 1e6
  process.stdout.write(JSON.stringify({ seconds, segments }) + '\n')
})
