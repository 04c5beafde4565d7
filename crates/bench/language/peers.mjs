// Lets a peer read texts, one after another in one process as its manual calls it, until they or the time end.
// Loading the peer is not timed, reading the files is, as it is for ours.
import {readFileSync} from 'node:fs'

const [name, list, seconds] = process.argv.slice(2)
const paths = readFileSync(list, 'utf8').split('\n').filter(Boolean)

async function peer() {
  if (name === 'alex') {
    const {markdown} = await import('alex')
    return (text) => markdown(text).messages.length
  }
  const {default: writeGood} = await import('write-good')
  return (text) => writeGood(text).length
}

const look = await peer()
const told = {bytes: 0, messages: 0, seconds: 0}
const start = process.hrtime.bigint()
for (const path of paths) {
  const bytes = readFileSync(path)
  told.messages += look(bytes.toString('utf8'))
  told.bytes += bytes.length
  told.seconds = Number(process.hrtime.bigint() - start) / 1e9
  if (told.seconds > Number(seconds)) break
}
console.log(JSON.stringify(told))
